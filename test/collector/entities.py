"""Self-describing JSON: reads it, finds the schema that it names, and says what is wrong with it."""

import base64
import binascii
import collections
import itertools
import json
import re

import jsonschema

IGLU_URI = re.compile(r'iglu:([a-zA-Z0-9_.-]+)/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)/([0-9]+-[0-9]+-[0-9]+)')
SNOWPLOW = 'com.snowplowanalytics.snowplow'
DEEPEST = 40
FAULTS_SHOWN = 5


class Unacceptable(Exception):
    """Why an event or a request is bad."""


def version_numbers(version):
    """The three numbers of a version such as 1-1-8."""
    return tuple(map(int, version.split('-')))


def older_version(schema, version):
    """The schema of an older version, by the rules of definitions/iglu/README.md."""
    wanted = version_numbers(version)
    properties = {}
    for name, definition in schema.get('properties', {}).items():
        if version_numbers(definition.get('since', '0-0-0')) > wanted:
            continue
        for replaced_in, older in definition.get('before', {}).items():
            if version_numbers(replaced_in) > wanted:
                definition = older
        properties[name] = definition
    return {**schema, 'properties': properties}


def is_known_version(schema, version):
    """Whether a schema file also describes this version."""
    newest = version_numbers(schema['self']['version'])
    oldest = version_numbers(schema.get('oldest', schema['self']['version']))
    return oldest <= version_numbers(version) <= newest


def nesting(value):
    """How deep the arrays and objects of a JSON value are nested."""
    depth, level = 0, [value]
    while level := [part for part in level if isinstance(part, (dict, list))]:
        level = list(itertools.chain.from_iterable(part.values() if isinstance(part, dict) else part for part in level))
        depth += 1
    return depth


def _no_constant(name):
    """Refuses NaN and Infinity, which Python takes for JSON."""
    raise ValueError(f'{name} is no JSON')


def read_json(text):
    """Reads JSON as strictly as its standard is; raises Unacceptable."""
    try:
        text = text.decode() if isinstance(text, bytes) else text
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unacceptable(f'invalid JSON: {error}') from error
    if text.count('{') + text.count('[') > DEEPEST and nesting(value) > DEEPEST:
        raise Unacceptable(f'JSON is nested deeper than {DEEPEST} levels')
    return value


def read_base64(text):
    """Decodes base64 in either alphabet, padded or not; raises Unacceptable."""
    plain = text.rstrip('=').replace('-', '+').replace('_', '/')
    try:
        return base64.b64decode(plain + '=' * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Unacceptable(f'invalid base64: {error}') from error


class Schemas:
    """The bundled schemas, each compiled when it is needed first."""

    def __init__(self, folder):
        self._files = collections.defaultdict(list)
        self._validators = {}
        for file in folder.glob('*/*.json'):
            schema = json.loads(file.read_text(encoding='utf-8'))
            self._files[schema['self']['vendor'], schema['self']['name']].append(schema)

    def _compiled(self, uri):
        """The validator of a schema; raises Unacceptable if there is none."""
        match = IGLU_URI.fullmatch(uri) if isinstance(uri, str) else None
        if not match:
            raise Unacceptable(f'invalid Iglu URI: {uri!r}')
        vendor, name, form, version = match.groups()
        for schema in self._files.get((vendor, name), ()):
            if form == 'jsonschema' and is_known_version(schema, version):
                return jsonschema.Draft4Validator(older_version(schema, version))
        raise Unacceptable(f'unknown schema: {uri}')

    def validator(self, uri):
        """The validator of a schema, compiled once; raises Unacceptable if there is none."""
        if not isinstance(uri, str) or uri not in self._validators:
            self._validators[uri] = self._compiled(uri)
        return self._validators[uri]

    def check(self, entity):
        """Checks an object of `schema` and `data`; returns the data, raises Unacceptable."""
        if not isinstance(entity, dict) or entity.keys() != {'schema', 'data'}:
            raise Unacceptable('not an object of schema and data alone')
        errors = list(itertools.islice(self.validator(entity['schema']).iter_errors(entity['data']), FAULTS_SHOWN))
        if errors:
            found = '; '.join(f'{error.json_path}: {error.message[:200]}' for error in errors)
            raise Unacceptable(f"{entity['schema']}: {found}")
        return entity['data']

    def open(self, entity, name):
        """Checks an envelope, which must be of this name and a version 1-0-*; returns what is in it."""
        uri = entity.get('schema') if isinstance(entity, dict) else None
        if isinstance(uri, str) and not uri.startswith(f'iglu:{SNOWPLOW}/{name}/jsonschema/1-0-'):
            raise Unacceptable(f'{uri} is no {name} 1-0-*')
        return self.check(entity)
