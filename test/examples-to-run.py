#! /usr/bin/env python3

# A list of C++ examples to run in order to ensure that they remain buildable and runnable over time.
# Each tuple in the list contains (example_name, do_run, do_valgrind_run).
cpp_examples = [
    ("chat-over-csma --users=4 --duration=20s", "True", "False"),
    ("chat-over-csma --users=4 --duration=20s --background=0 --patience=0.1", "True", "False"),
    ("chat-over-lte --users=2 --duration=5s", "True", "False"),
    ("chat-over-point-to-point --users=4 --duration=20s", "True", "True"),
    ("chat-over-point-to-point --users=4 --loss=0.05 --engine=delay", "True", "False"),
    ("chat-over-wifi --users=3 --duration=10s", "True", "False"),
    ("mec-associate --slots=10", "True", "True"),
    ("mec-associate --slots=10 --objective=speculative --payload=top-64", "True", "False"),
    ("mec-offload --slots=10", "True", "True"),
    ("mec-offload --slots=10 --cells=10 --policy=random --interference=Active", "True", "False"),
    ("mec-serve --durationS=10", "True", "True"),
    ("mec-serve --durationS=10 --serverDiscipline=ProcessorSharing --policy=server", "True", "False"),
    ("packet-uplink --packets=2000", "True", "True"),
    ("packet-uplink --packets=2000 --traffic=udp --rate=active", "True", "False"),
    ("plug-into-wifi --duration=2s", "True", "False"),
    ("rician-fading --blocks=1000", "True", "True"),
    ("serving-law", "True", "False"),
    ("threshold-policy", "True", "False"),
]

# A list of Python examples to run.
# Each tuple in the list contains (example_name, do_run).
python_examples = []
