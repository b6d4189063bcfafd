"""The command's validate on 1,500 definition files, a third of the metrics with several events, against the goal of 3 seconds."""

import pathlib
import subprocess
import tempfile
import time

import harness

COMMAND = harness.CHECKOUT / 'build/root/usr/local/bin/internal-events'
GOAL_SECONDS = 3

EVENT = '''---
description: Something was done, number {number}
internal_events: true
action: event_{number}_done
identifiers:
- project
- user
- namespace
additional_properties:
  label:
    description: What it was
  property:
    description: Which of them
product_group: project_management
product_categories:
- team_planning
milestone: '17.1'
introduced_by_url: https://example.com/changes/{number}
tiers:
- free
- premium
- ultimate
'''

METRIC = '''---
key_path: counts.group_{group}.count_distinct_user_id_{number}
description: Unique users who did something, number {number}
product_group: project_management
product_categories:
- team_planning
value_type: number
status: active
milestone: '17.1'
introduced_by_url: https://example.com/changes/{number}
time_frame:
- 7d
- 28d
data_source: internal_events
data_category: optional
tiers:
- free
- premium
- ultimate
events:
'''

RULE = '''- name: event_{event}_done
  unique: user.id
  filter:
    label: 'value {number}'
'''


def write_definitions(folder, count):
    """Writes so many files, a third of them events; every third metric has five events."""
    events = count // 3
    for number in range(events):
        (folder / f'event_{number}.yml').write_text(EVENT.format(number=number))
    for number in range(count - events):
        rules = ''.join(RULE.format(event=(number * 7 + rule) % events, number=number)
                        for rule in range(5 if number % 3 == 0 else 1))
        (folder / f'metric_{number}.yml').write_text(METRIC.format(group=number % 40, number=number) + rules)


def run(bench):
    """Measures and returns the row."""
    count = bench.size(1_500, 150)
    with tempfile.TemporaryDirectory() as name:
        write_definitions(pathlib.Path(name), count)

        def validate():
            """The seconds that it takes, start of the program included."""
            begun = time.monotonic()
            subprocess.run([COMMAND, 'validate', name], stderr=subprocess.DEVNULL, check=True)
            return time.monotonic() - begun

        found = bench.interleave('validate', 's', {'internal-events validate': validate}, warm_up=True)
    return [harness.Row(f'validate {count:,} definition files', 'the goal of 3 s', 's', found['internal-events validate'],
                        GOAL_SECONDS, '<= 1')]
