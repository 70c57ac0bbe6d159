"""The eleven tables as item layouts over one port; the same code runs over memory and DynamoDB."""
