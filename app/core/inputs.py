"""Types of the texts and numbers that callers send."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

# Nothing follows. `$` alone lets a line feed follow, which could add a header to a mail.
_END = r"(?![\s\S])"
# One line with something on it: no control characters, not blank.
_LINE = rf"^(?=[\s\S]*\S)[^\x00-\x1f\x7f]*{_END}"
# Several lines: tab, line feed and carriage return allowed.
_LINES = rf"^(?=[\s\S]*\S)[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*{_END}"

Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=_LINE)]
ShortText = Annotated[str, Meta(min_length=1, max_length=300, pattern=_LINE)]
LongText = Annotated[str, Meta(min_length=1, max_length=4000, pattern=_LINES)]
# RFC 5321 section 4.5.3.1: at most 254 characters. The address is proven by mail, not by grammar.
_EMAIL = r"^[A-Za-z0-9.!#%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+" + _END
Email = Annotated[str, Meta(max_length=254, pattern=_EMAIL)]
# NIST SP 800-63B section 3.1.1: length matters, composition rules do not.
Password = Annotated[str, Meta(min_length=12, max_length=256)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
# One rai is 1,600 square metres.
AreaRai = Annotated[float, Meta(gt=0, le=1_000_000)]
Score = Annotated[int, Meta(ge=0, le=100)]
