"""Texts that broke somebody's software once, by what makes them trouble; each is accepted and read back as it was."""

_NOTHING = [
    "", " ", "\t", "\u00a0", "\u2003", "\u200b", "\ufeff", "\u2060", "\u3164", "\u2800", "\u180e", "\u115f",
]  # fmt: skip
_WORDS = [
    "undefined", "undef", "null", "NULL", "(null)", "nil", "NIL", "true", "True", "false", "None", "NaN",
    "-NaN", "Infinity", "-Infinity", "INF", "hasOwnProperty", "toString", "valueOf", "constructor", "__proto__",
    "__dict__", "then", "\\", "\\\\", "CON", "PRN", "NUL", "COM1", "LPT1", "aux.txt", "con.", "Jack Null",
    "Scunthorpe", "O'Brien", "N/A", "#REF!", "#N/A",
]  # fmt: skip
_NUMBERS = [
    "0", "1", "1.00", "-1", "-0", "+0", "0.0", ".5", "5.", "1/0", "0/0", "1e2", "1E02", "1e999", "0x1F",
    "0b101", "0o17", "017", "1_000", "1,000.00", "1.000,00", "1 000", "٣", "１２３", "½", "²", "Ⅷ",
    "999999999999999999999999999999999999999", "1e-400", "0." + "9" * 60, "9007199254740993", "2147483648",
    "-9223372036854775809", "0000000000", "--1", "1,2,3", "#VALUE",
]  # fmt: skip
_SIGNS = [
    ",./;'[]\\-=", "<>?:\"{}|_+", "!@#$%^&*()`~", "'", '"', "''", '""', "'\"'", "`", "´", "“”„‟«»", "%",
    "%%", "%s%n%d", "%00", "%0d%0a", "%2525", "$", "${HOME}", "$(id)", "`id`", "|id", "; id", "&&id", "{0}",
    "{{", "}}", "<!--", "-->", "]]>", "<![CDATA[", "&amp;", "&#0;", "?", "#", "?a=b", "#a=b", "a?b#c", "*",
    "**", "/", "//", "/etc/passwd", "..\\..\\x", "~", ":", "::", "|", "a\\u0000b",
]  # fmt: skip
_CONTROL = [
    "\x00", "a\x00b", "\x01\x02", "\x07", "\x08", "\x0b\x0c", "\r", "\n", "\r\n", "\x1b[31mred\x1b[0m", "\x7f",
    "\x85", "\x9b31m",
]  # fmt: skip
_LETTERS = [
    "Ω≈ç√∫", "åß∂ƒ©", "ñ", "n\u0303", "Å", "\u212b", "ﬁ", "ǅ", "İ", "ı", "ß", "ẞ", "ς", "Ⱥ", "ＡＢＣ",
    "ｶﾅ", "田中さん", "社會", "사회과학원", "ﷺ", "ﷲ", "مُنَاقَشَةُ", "בְּרֵאשִׁית", "ทุ่มเท", "नमस्ते",
    "தமிழ்", "ကမ္ဘာ", "𠜎𠜱", "𝔄𝔅ℭ", "🄰🄱", "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝", "a\u0301\u0301\u0301\u0301", "\u0301",
    "꧁꧂", "ɐnbᴉlɐ", "ЁЂЃ", "\u0660\u06f0", "\ue000", "\U000f0000", "\ufffd", "\uffff", "\U0010ffff",
    "\ufdd0",
]  # fmt: skip
_EMOJI = [
    "😍", "👩🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇩", "1️⃣", "\ufe0f", "\u200d", "🧑🏿‍❤️‍🧑🏻",
    "(╯°□°）╯︵ ┻━┻", "¯\\_(ツ)_/¯",
]  # fmt: skip
_DIRECTION = [
    "\u202eabc", "a\u202db", "\u2066a\u2069", "\u200fabc\u200e", "שלום abc", "\u061c", "\U000e0041\U000e007f",
    "a\u2028b", "a\u2029b",
]  # fmt: skip
_MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>",
    "javascript:alert(1)", "<a/href=x>",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///x\">]><x>&e;</x>",
    "{{constructor.constructor('x')()}}", "'; EXEC xp_cmdshell('x')--", "1;DROP TABLE users", "' OR '1'='1",
    "=1+1", "@SUM(1)", "() { :; }; echo x", "data:text/html,<b>", "file:///etc/passwd",
    "http://169.254.169.254/", "\\\\host\\share", "jane@example.com", "a@b", "@", "a@", "@a",
    "mailto:x@y.example",
]  # fmt: skip
_LONG = [
    "x" * 1_000, "é" * 500, "\u0301" * 300, "%" * 300, "%25" * 200, "😀" * 200, "-" * 300, "0" * 300, "(" * 300,
    "a." * 400,
]  # fmt: skip
NASTY_TEXTS = [*_NOTHING, *_WORDS, *_NUMBERS, *_SIGNS, *_CONTROL, *_LETTERS, *_EMOJI, *_DIRECTION, *_MARKUP, *_LONG]
