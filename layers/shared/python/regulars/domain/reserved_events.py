"""Names of events that only the platform tells, or only a third party: who is in a list, and who in an audience."""

JOINED, LEFT = "List Joined", "List Left"
ENTERED, EXITED = "Audience Entered", "Audience Exited"
AUDIENCE_EVENTS = frozenset({ENTERED, EXITED})
