"""Names of events that the platform reads itself: who is in a list, who in an audience, and who consents to what."""

JOINED, LEFT = "List Joined", "List Left"
ENTERED, EXITED = "Audience Entered", "Audience Exited"
AUDIENCE_EVENTS = frozenset({ENTERED, EXITED})
GIVEN, WITHDRAWN = "Consent Given", "Consent Withdrawn"
CONSENT_EVENTS = frozenset({GIVEN, WITHDRAWN})
OPTED_OUT = "Opted Out"  # of sale and sharing, by a request
# Told in order to say what somebody decided; the last by Segment's consent tool.
DECIDING = CONSENT_EVENTS | {"Segment Consent Preference Updated"}
