"""Payloads 31 to 60: ids that name nobody, and ids that look alike."""

from tests.payloads.payload import identify, payload, track, users

NOBODY = "accept, no link"
SEPARATORS = ("a#b", "a|b", "a:b", "a b", "user_id#x", "a\u2028b")

IDENTIFIERS = (
    payload(31, "`null`", NOBODY, *users(None)),
    payload(32, '`"null"`', NOBODY, *users("null", "NULL", " null ")),
    payload(33, "`undefined`", NOBODY, *users("undefined")),
    payload(34, "`uNdEfInEd`", NOBODY, *users("uNdEfInEd")),
    payload(
        35, "in quotes and brackets", NOBODY, *users("'guest'", '"guest"', '\\"guest\\"', "“null”", "«null»", "[null]")
    ),
    payload(36, "`anonymous`", NOBODY, *users("anonymous", "Anonymous")),
    payload(37, "`not_authenticated`", NOBODY, *users("not_authenticated")),
    payload(38, "`[object Object]`", NOBODY, *users("[object Object]", "[object Undefined]")),
    payload(
        39, "`NaN`, `None`, `none`, `nil`, `(null)`", NOBODY, *users("NaN", "None", "none", "nil", "(null)", "<null>")
    ),
    payload(
        40,
        "`0`, `-1`, only zeros and dashes",
        NOBODY,
        *users("0", 0, "-1", -1, "00000000-0000-0000-0000-000000000000", "０"),
    ),
    payload(41, "`true`, `false`", NOBODY, *users("true", "false", True, False)),
    payload(42, "`id`, `email`, `distinct_id`", NOBODY, *users("id", "email", "distinct_id")),
    payload(
        43,
        "empty, spaces, invisible letters",
        NOBODY,
        *users("", " ", "\u00a0", "\u200b", "null\u200b", "\u2060nu\ufeffll"),
    ),
    payload(44, "NUL and other control characters", NOBODY, *users("a\x00b", "\x00", "a\x1bb", "a\x7fb")),
    payload(45, "id of 2,049 bytes", "accept", *users("a" * 2_049, "ü" * 2_000)),
    payload(46, "201 characters, the first 200 alike", "accept", *users("a" * 200 + "b", "a" * 200 + "c")),
    payload(47, "NFC and NFD", "accept", *users("jürgen", "ju\u0308rgen")),
    payload(48, "full-width `ａｄｍｉｎ`", "accept", *users("ａｄｍｉｎ", "admin")),
    payload(49, "Kelvin sign", "accept", *users("\u212aelvin", "Kelvin", "kelvin")),
    payload(
        50,
        "`İ`, which is two letters in lower case",
        "accept",
        *users("İ"),
        identify(traits={"email": "İ@example.com"}),
    ),
    payload(51, "right-to-left override", "accept", *users("abc\u202efed")),
    payload(52, '`123` and `"123"`', "accept", *users(123, "123")),
    payload(53, "`1.0`", NOBODY, *users(1.0, 1.5, 1e300)),
    payload(
        54,
        "list or object",
        "quarantine `invalid_identifier`",
        track(userId=["u"]),
        track(userId={"id": 1}),
        track(anonymousId=[]),
    ),
    payload(55, "our own separators", "accept", *users(*SEPARATORS)),
    payload(
        56,
        "form of our own keys",
        "accept",
        *users("user_id:aaaaaaaaaaaaaaaaaaaaaaaaaa", "p_user_id:x", "segment#web", "nobody:00"),
    ),
    payload(
        57,
        "e-mail addresses: case, plus, dots, IDN, quoted",
        "accept",
        *(
            identify(traits={"email": text})
            for text in (
                "Jane@Example.com",
                "jane+a@example.com",
                "j.ane@example.com",
                "jane@bücher.example",
                '"jane doe"@example.com',
                "jane",
                " ",
            )
        ),
    ),
    payload(
        58,
        "phone numbers",
        "accept",
        *(identify(traits={"phone": text}) for text in ("+49 30 123", "(030) 123-45", 4930123, "tel:+49")),
    ),
    payload(59, "path, `../../x`", "accept", *users("../../x", "/etc/passwd", "..%2f..", "C:\\x")),
    payload(60, "line ends", NOBODY, *users("a\r\nSet-Cookie: x=1", "a\nb", "a\tb")),
)
