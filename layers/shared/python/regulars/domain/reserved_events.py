"""Names of events that the platform reads itself: who is in a list, who in an audience, and who consents to what."""

JOINED, LEFT = "List Joined", "List Left"
ENTERED, EXITED = "Audience Entered", "Audience Exited"
AUDIENCE_EVENTS = frozenset({ENTERED, EXITED})
GIVEN, WITHDRAWN = "Consent Given", "Consent Withdrawn"
CONSENT_EVENTS = frozenset({GIVEN, WITHDRAWN})
