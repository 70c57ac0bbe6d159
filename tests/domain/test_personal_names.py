"""The name of a field is read as words, however they are put together; what stays in clear matters as much."""

import pytest

from regulars.domain.personal_names import is_amount_name, is_personal_property, is_personal_trait

PERSONAL = """
    firstName first_name first-name FirstName FIRST_NAME firstname first·name fname lname lastName surname familyName
    middle_name maiden_name fullName nickname user_name username billing_first_name customerLastName guestSurname
    shipping_address.first_name address[street] $email e-mail eMail EMAIL email_address contactEmail recipient_email
    emails email1 email_hash email_sha256 alternateEmails
    phone phoneNumber PHONE_NO phone2 telephone tel mobile mobile_number cellphone msisdn fax home_phone phone_home
    whatsAppNumber
    address addresses shippingAddress billing_address address_line_1 address1 street streetName house_number postcode
    postal_code PostalCode zip zipCode shipping_zip city billing_city ship_to_address
    dob DOB dateOfBirth date_of_birth birth_date birthday bDay year_of_birth customer_birthday
    ssn SSN ssn_last4 social_security_number socialSecurityNumber national_id nationalIdNumber passport passportNo
    passport_number driversLicense driver's_license licence_plate taxId tax_id TAX-ID vat_number vatId
    iban IBAN iban_number cardNumber card_number creditCard credit_card_number ccNumber cvv CVV2 account_number
    bankAccount sort_code
    password accessToken api_key
    ip IP ip_address client_ip ipv4 userAgent device_id advertisingId latitude geo_location
    gender avatar age note notes giftMessage order_comment delivery_instructions message feedback search_query query
    customer_name recipientName contact_name passenger_name billing_state recipient_title
    Vorname nachname prénom geburtsdatum Straße ｅｍａｉｌ first\u200bname
""".split()
SPACED = ["first name", "card number", "Date Of Birth", "tax id", "  phone  ", "national insurance number"]
CLEAR = """
    name title id state description category brand sku product_id productName product_name variant price quantity
    coupon position currency revenue total shipping tax discount subtotal order_id affiliation list_id creative
    address_type addressType email_type phone_model phoneType zip_file street_style card_type card_brand
    payment_method has_email hasPhone is_mobile number_of_emails email_count emailsSent email_opt_in email_verified
    num_comments comment_count message_id note_id feedback_score iPhone headphones headphone smartwatch vip tip
    order_state user_state customer_state delivery_state subscription_state app_name campaign_name list_name brand_name
    store_address store.zip venue_city shop_street event_city country region plan tier language locale session_id
    page_title screen_name event_name file_name last_login error_code url path referrer image_url color size width
    departure_city destination account_age days_since_order passport_required_max_age cancel_reason button_text
    filters sorts products items tags score points level
""".split()
EMPTY = ["", "1", "日本語", "€", "____"]
TRAITS_TOO = "name Name NAME title id state description display_name bio photo".split()


@pytest.mark.parametrize("name", [*PERSONAL, *SPACED])
def test_is_personal_however_it_is_written(name: str) -> None:
    assert is_personal_property(name)
    assert is_personal_trait(name)


@pytest.mark.parametrize("name", [*CLEAR, *EMPTY])
def test_is_what_marketers_ask_for(name: str) -> None:
    assert not is_personal_property(name)


@pytest.mark.parametrize("name", TRAITS_TOO)
def test_is_personal_of_a_person_and_not_of_a_product(name: str) -> None:
    assert is_personal_trait(name)
    assert not is_personal_property(name)


@pytest.mark.parametrize(
    ("within", "name", "personal"),
    [
        ("customer", "name", True),
        ("passengers", "name", True),
        ("product", "name", False),
        ("plan", "name", False),
        ("shipping", "city", True),
        ("store", "city", False),
        ("stores", "zip", False),
        ("store", "email", True),
        ("shipping", "state", True),
        ("order", "state", False),
        ("products", "first_name", True),
    ],
)
def test_the_object_around_a_name_says_whose_it_is(within: str, name: str, personal: bool) -> None:
    assert is_personal_property(name, within) == personal


@pytest.mark.parametrize("name", "price item_count loyaltyPoints qty total_amount position Duration".split())
def test_knows_what_counts(name: str) -> None:
    assert is_amount_name(name)


@pytest.mark.parametrize("name", ["e" * 1_000_000, "email " * 100_000, "aB" * 100_000])
def test_a_name_without_end_costs_nothing(name: str) -> None:
    assert not is_personal_property(name)
    assert not is_personal_trait(name)
