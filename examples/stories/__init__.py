"""Nine stories of the trade, told on ledgers whose clocks are set to their time.

Each prints what every definition says of the goods, and why: ``python -m examples.stories`` tells
all of them, ``python -m examples.stories nola`` one. What they print stands beside them.
"""
