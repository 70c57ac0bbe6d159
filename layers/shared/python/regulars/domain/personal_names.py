"""
Names of fields that are personal: one normal form of a name, one table, and each decision made once for all objects
that have the same names.

A name is read as words, however they are put together: `billing_firstName`, `Billing First Name` and
`billing-first-name` are the same three. What ends in personal words is personal; words that may as well mean a
product or a place are so only by themselves, or after a word for a person.
"""

import re
import unicodedata
from functools import lru_cache

# Personal wherever they end a name: billing_first_name, customerEmail, iban_number.
_ENDINGS = frozenset(
    # who
    "firstname fname givenname forename middlename maidenname lastname lname surname familyname fullname nickname"
    " username realname birthname namefirst namelast cardholder accountholder cardholdername accountholdername"
    " nameoncard gender avatar vorname nachname prenom apellido cognome"
    # where to reach them
    " email emailaddress phone phonenumber telephone telefon telefono mobilephone mobilenumber cellphone cellnumber"
    " telno telnumber mobileno handynummer msisdn fax whatsapp"
    # born
    " dob dateofbirth birthdate birthday bday birth yearofbirth birthyear monthofbirth placeofbirth birthplace"
    " geburtsdatum geburtstag"
    # papers
    " ssn socialsecurity nationalid nationalidentity nationalinsurance nino idcard identitycard personalid passport"
    " passportid driverlicense driverslicense driverlicence driverslicence drivinglicense drivinglicence licenseplate"
    " licenceplate numberplate taxid taxpayerid taxnumber taxno steuerid steuernummer vatid vatnumber itin cpf curp"
    " pesel aadhaar aadhar personnummer personalnumber identitynumber healthid nhsnumber patientid insurancenumber"
    " medicalrecordnumber"
    # money
    " iban bankaccount accountnumber accountno sortcode routingnumber creditcard debitcard cardnumber cardno ccnumber"
    " ccnum cvv cvc cardsecuritycode"
    # what opens a door
    " password passwd pwd passphrase passcode pincode accesstoken refreshtoken idtoken authtoken sessiontoken"
    " resettoken devicetoken pushtoken apikey"
    # the machine in their hands
    " ip ipv ipaddr useragent imei imsi idfa idfv gaid aaid advertisingid deviceid"
    # what they wrote
    " note comment message feedback instruction searchquery searchterm querystring".split()
)
# The same, unless they are those of a store.
_WHERE = frozenset(
    "address addressline street streetaddress streetname streetnumber housenumber postcode postalcode zip zipcode"
    " adresse strasse hausnummer postleitzahl latitude longitude geolocation".split()
)
# Personal if they are the whole name, in properties too, unless they are those of a store.
_WHOLE = frozenset(
    "age city town company companyname mobile tel mail website sex lat lng lon tin nif dni nie bsn pin otp secret"
    " query body text review answer reason search remark".split()
)
# Personal if they are the whole name of a trait: as a property they are those of a product, an order or a page.
_WHOLE_TRAIT = frozenset("name title id description state displayname bio photo picture".split())
# Personal after a word for a person: recipient_name, billing_city.
_AFTER_A_PERSON = frozenset("name title mobile tel cell mail city town age sex photo picture company".split())
_PERSON = frozenset(
    "billing shipping delivery invoice mailing home private customer user contact recipient sender receiver buyer payer"
    " payee guest member subscriber passenger traveler traveller patient employee student teacher driver person people"
    " owner client spouse child parent father mother friend beneficiary attendee applicant candidate visitor shopper"
    " consumer participant me my self".split()
)
_HAS_A_STATE = frozenset("billing shipping mailing home recipient sender".split())  # user_state is "churned"
_PLACE = frozenset("store shop branch venue warehouse hotel restaurant event web website site page".split())
# What begins so counts or asks: has_phone, number_of_emails.
_COUNTS = frozenset(
    "has is can did was should allow allows accept accepts want wants no num number count total max min avg show hide"
    " enable enabled require requires required".split()
)
# What may follow and says nothing else: iban_number, email_hash, phone_home.
_TAILS = frozenset(
    "number no nr num home work private primary secondary main personal raw hash hashed sha md input field original"
    " last".split()
)
_AMOUNTS = frozenset(
    "amount balance cost count credit currency day depth discount duration fee height hour index length level minute"
    " month order page percent percentage point position price quantity qty rank rate rating revenue sale score second"
    " shipping size spend step stock subtotal sum tax total value volume week weight width year".split()
)
_HUMP = re.compile(r"(?<=[A-Za-z][a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 100  # letters of a name; a longer one names nothing
_MOST_LETTERS = 2_000  # of names that are decided on together; of more the decision is not held in memory
_MOST = 5  # words that together are one of the tables


def is_personal_trait(name: str) -> bool:
    """Say whether a trait of this name is kept sealed."""
    return bool(personal_traits((name,)))


def is_personal_property(name: str, within: str = "") -> bool:
    """Say whether a field of this name is personal, in an object that is called `within`."""
    return bool(personal_properties((name,), within))


def personal_traits(names: tuple[str, ...]) -> frozenset[str]:
    """Choose the traits that are kept sealed."""
    return _personal_traits(names) if _is_short(names) else _personal_traits.__wrapped__(names)


def personal_properties(names: tuple[str, ...], within: str = "") -> frozenset[str]:
    """Choose the names that are personal, in an object that is called `within`."""
    is_short = _is_short(names) and len(within) <= _LONGEST
    return _personal_properties(names, within) if is_short else _personal_properties.__wrapped__(names, within)


def is_amount_name(name: str) -> bool:
    """Say whether a number under this name counts or measures something, and so names nobody."""
    return len(name) <= _LONGEST and _is_amount_name(name)


def _is_short(names: tuple[str, ...]) -> bool:
    """Say whether names may be held in memory."""
    return len("".join(names)) <= _MOST_LETTERS


@lru_cache(2_048)
def _personal_traits(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in names if "".join(_words(name)) in _WHOLE_TRAIT or _is_personal(name, ""))


@lru_cache(4_096)
def _personal_properties(names: tuple[str, ...], within: str) -> frozenset[str]:
    return frozenset(name for name in names if _is_personal(name, within))


def _is_personal(name: str, within: str) -> bool:
    words = _words(name)
    if not words or words[0] in _COUNTS:
        return False
    around = [*map(_singular, _words(within)[-1:]), *words]
    endings = {ending for end in _ends(words) for ending in _endings(words[:end])}
    if endings & _ENDINGS:
        return True
    if endings & _WHERE or _WHOLE & {"".join(words), _joined(words)}:
        return _PLACE.isdisjoint(around)
    return _is_after_a_person(around)


@lru_cache(4_096)
def _is_amount_name(name: str) -> bool:
    words = _words(name)
    return bool(words) and _singular(words[-1]) in _AMOUNTS


def _ends(words: list[str]) -> list[int]:
    end = len(words)
    return [end, end - 1] if words[-1] in _TAILS else [end]


def _endings(words: list[str]) -> list[str]:
    return [_joined(words[at:]) for at in range(len(words))[-_MOST:]]


def _joined(words: list[str]) -> str:
    return "".join([*words[:-1], _singular(words[-1])])


def _is_after_a_person(words: list[str]) -> bool:
    if len(words) < 2:
        return False
    whose, what = words[-2], _singular(words[-1])
    return (whose in _PERSON and what in _AFTER_A_PERSON) or (whose in _HAS_A_STATE and what == "state")


def _words(name: str) -> list[str]:
    """Split a name into words, in small letters without marks and without numbers."""
    if len(name) > _LONGEST:
        return []
    if not name.isascii():
        wide = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in wide if unicodedata.category(letter) not in ("Mn", "Cf"))
    return [word.casefold() for word in _WORD.findall(_HUMP.sub(" ", name))]


def _singular(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
