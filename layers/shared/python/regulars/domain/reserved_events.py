"""
Names of events that the platform reads itself: who is in a list, who in an audience, who consents to what; and those
that it tells of journeys.
"""

JOINED, LEFT = "List Joined", "List Left"
ENTERED, EXITED = "Audience Entered", "Audience Exited"
AUDIENCE_EVENTS = frozenset({ENTERED, EXITED})
GIVEN, WITHDRAWN = "Consent Given", "Consent Withdrawn"
CONSENT_EVENTS = frozenset({GIVEN, WITHDRAWN})
OPTED_OUT = "Opted Out"  # of sale and sharing, by a request
# Told in order to say what somebody decided; the last by Segment's consent tool.
DECIDING = CONSENT_EVENTS | {"Segment Consent Preference Updated"}

JOURNEY_ENTERED, ENTRY_REFUSED = "Journey Entered", "Journey Entry Refused"
STEP_PASSED, GOAL_MET, JOURNEY_ENDED = "Journey Step Passed", "Journey Goal Met", "Journey Ended"
SENT, NOT_SENT, FAILED, UNKNOWN = "Message Sent", "Message Not Sent", "Message Failed", "Message Outcome Unknown"
DELIVERED, BOUNCED, COMPLAINED = "Message Delivered", "Message Bounced", "Message Complained"
MESSAGE_EVENTS = frozenset({SENT, NOT_SENT, FAILED, UNKNOWN, DELIVERED, BOUNCED, COMPLAINED})
JOURNEY_EVENTS = MESSAGE_EVENTS | {JOURNEY_ENTERED, ENTRY_REFUSED, STEP_PASSED, GOAL_MET, JOURNEY_ENDED}
