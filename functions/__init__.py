"""One folder a Lambda function, one file each."""
