"""The deployment: one room a file."""

import os

# CDK's own runtime is Node.js, and says on every start what it thinks of older versions of it.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
