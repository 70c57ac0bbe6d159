"""`regulars recovery` and `regulars vault`: what people do with the credentials of the account, at night if need be."""
