"""The formats of the parameters of an event, as the enrichment of Snowplow demands them."""

import re
import urllib.parse

from entities import Unacceptable

INT32 = range(-2**31, 2**31)
YEARS_0_TO_9999 = range(-62167219200000, 253402300800000)
INTEGER = re.compile(r'[+-]?[0-9]{1,19}', re.ASCII)
DECIMAL = re.compile(r'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?', re.ASCII)
UUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', re.ASCII | re.IGNORECASE)
SIZE = re.compile(r'([0-9]{1,10})x([0-9]{1,10})', re.ASCII)
EVENT_TYPES = {
    'se': 'struct', 'ev': 'struct', 'ue': 'unstruct', 'pv': 'page_view', 'pp': 'page_ping', 'tr': 'transaction',
    'ti': 'transaction_item',
}


def utf16_length(text):
    """The length of a text in UTF-16 units, in which the enrichment counts."""
    return len(text) if text.isascii() else len(text.encode('utf-16-le', 'surrogatepass')) // 2


def at_most(limit):
    """A check: a text of at most so many units."""
    def check(value):
        if utf16_length(value) > limit:
            raise Unacceptable(f'longer than {limit}')
    return check


def one_of(*choices):
    """A check: one of these texts."""
    def check(value):
        if value not in choices:
            raise Unacceptable(f'none of {" ".join(choices)}')
    return check


def integer_in(numbers):
    """A check: an integer of a range."""
    def check(value):
        if not INTEGER.fullmatch(value) or int(value) not in numbers:
            raise Unacceptable(f'no integer from {numbers.start} to {numbers.stop - 1}')
    return check


def uuid(value):
    """A check: a UUID in its canonical form."""
    if not UUID.fullmatch(value):
        raise Unacceptable('no UUID')


def decimal(value):
    """A check: a decimal number."""
    if not DECIMAL.fullmatch(value):
        raise Unacceptable('no decimal number')


def decimal_or_null(value):
    """A check: a decimal number, or the word null."""
    if value != 'null':
        decimal(value)


def size(value):
    """A check: width and height with an x between them."""
    match = SIZE.fullmatch(value)
    if not match or not all(int(number) in INT32 for number in match.groups()):
        raise Unacceptable('no width x height')


def address(value):
    """A check: a list of addresses, of which the first counts."""
    at_most(128)(value.split(',')[0])


def url(value):
    """A check: a URL that can be taken apart. Java's reader, which the enrichment uses, differs in rare cases."""
    at_most(10000)(value)
    try:
        parts = urllib.parse.urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Unacceptable(f'no URL: {error}') from error
    limits = {'scheme': (parts.scheme, 16), 'host': (host or '', 255), 'path': (parts.path, 3000),
              'query': (parts.query, 6000), 'fragment': (parts.fragment, 3000)}
    for name, (part, limit) in limits.items():
        if utf16_length(part) > limit:
            raise Unacceptable(f'its {name} is longer than {limit}')


def each(names, check):
    """The same check for several parameters."""
    return dict.fromkeys(names.split(), check)


FORMATS = {
    'e': one_of(*EVENT_TYPES),
    'p': one_of('web', 'mob', 'pc', 'srv', 'app', 'tv', 'cnsl', 'iot', 'headset'),
    **each('eid sid', uuid),
    **each('dtm stm ttm', integer_in(YEARS_0_TO_9999)),
    **each('vid tid pp_mix pp_max pp_miy pp_may ti_qu', integer_in(INT32)),
    **each('cookie f_pdf f_qt f_realp f_wma f_dir f_fla f_java f_gears f_ag', one_of('0', '1')),
    **each('res vp ds', size),
    **each('url refr', url),
    **each('tr_tt tr_tx tr_sh ti_pr', decimal),
    **each('aid tz uid lang', at_most(255)),
    **each('tna duid fp nuid tnuid cs', at_most(128)),
    **each('tr_id tr_af tr_ci tr_st tr_co ti_id ti_sk ti_nm ti_na ti_ca', at_most(255)),
    **each('tr_cu ti_cu', at_most(3)),
    **each('se_ca se_ac se_pr ua', at_most(1000)),
    'tv': at_most(100),
    'ip': address,
    'page': at_most(2000),
    'cd': at_most(12),
    'se_la': at_most(4096),
    'se_va': decimal_or_null,
}
