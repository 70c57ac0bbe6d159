"""How the personal rest of an event is packed before it is sealed: JSON, deflated against what browsers repeat."""

import json
import zlib
from collections.abc import Mapping
from typing import Any, cast

# Never change a byte of it: what is stored was packed with it, and the packed form names it by its checksum.
# The most frequent stands last, where deflate reaches it most cheaply.
_DICTIONARY = (
    b'"address":{"city":"","country":"","postalCode":"","state":"","street":""},"birthday":"19","phone":"+","username":"'
    b'"device":{"id":"","manufacturer":"Apple","model":"iPhone","name":"","type":"ios","advertisingId":"","token":"'
    b'"times":{"originalTimestamp":"","timestamp":"20"},"integrations":{"All":true,"Segment.io":true},"previousId":"'
    b'"externalIds":[{"collection":"users","encoding":"none","id":"","type":""}],"gclid":"","fbclid":"","utm_source='
    b'&utm_medium=email&utm_campaign=&utm_content=&utm_term="referrer":{"type":"","url":"https://www.google.com/"}'
    b"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1 Mobile Safari/537.36"
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
    b" Mobile/15E148 Safari/604.1 Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1 Safari/537.36 Edg/1"
    b'"ids":{"user_id":"","email":"","anonymous_id":""},"properties":{"email":"","query":"","referrer":"https://www.",'
    b'"search":"?","title":"","url":"https://www."},"context":{"ip":"1","library":{"name":"","version":"3."},'
    b'"page":{"path":"/","referrer":"https://www.","search":"?q=","title":"","url":"https://www."},"traits":{"email":"'
    b'","firstName":"","lastName":"","name":""},"userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
    b' AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36","userAgentData":{"brands":['
    b'{"brand":"Not)A;Brand","version":"8"},{"brand":"Chromium","version":"138"},{"brand":"Google Chrome","version":'
    b'"138"}],"mobile":false,"platform":"macOS"}}}'
)


# Most content is short: in a small window it is deflated as well in a third of the time, once the dictionary is read.
_SHORT = 2_000  # bytes that reach all of the dictionary through the small window
_PACKER = zlib.compressobj(level=6, wbits=12, memLevel=5, zdict=_DICTIONARY)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def pack(content: Mapping[str, Any]) -> bytes:
    """Pack plain content."""
    written = _write(content)
    packer = _PACKER.copy() if len(written) <= _SHORT else zlib.compressobj(level=6, zdict=_DICTIONARY)
    return packer.compress(written) + packer.flush()


def unpack(packed: bytes) -> dict[str, Any]:
    """Unpack what `pack` made."""
    return cast(dict[str, Any], json.loads(zlib.decompressobj(zdict=_DICTIONARY).decompress(packed)))


def _write(content: Mapping[str, Any]) -> bytes:
    # Texts of quarantined events may hold half a character, which UTF-8 cannot write: `surrogatepass` keeps it.
    return _ENCODER.encode(content).encode("utf-8", "surrogatepass")
