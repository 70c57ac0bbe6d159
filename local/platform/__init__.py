"""The local platform: the synthesized template, run on an emulator."""
