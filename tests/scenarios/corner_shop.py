"""A small shop for the tests of the runner: a policy, a suite, and ways to change them."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from policy_service.scenarios import running
from policy_service.scenarios.running import Options

POLICY = """\
merchant: corner-shop
version: "1"
effective: {from: 2024-01-01}
timezone: Asia/Shanghai
currency: CNY

clauses:
  - id: thirty-days
    window: {days: 30, after: delivery}
    for: [return]

  - id: final-sale
    deny: {code: final_sale}
    when: {tags: special-offer}
    unless: {liability: [merchant, carrier]}

  - id: look-twice
    review: {code: high_value}
    when: {line_paid: {at_least: "500.00"}}
"""

SUITE = """\
suite: The corner shop
policies: [../policy.yaml]
now: 2025-06-10T12:00:00+08:00
given:
  merchant: corner-shop
  order:
    id: SO-1
    currency: CNY
    placed_at: 2025-05-30T12:00:00+08:00
    delivered_at: 2025-06-01T12:00:00+08:00
    lines: [{id: "1", sku: CUP, quantity: 1, unit_price: "20.00"}]
  lines: [{order_line: "1", quantity: 1, action: return, reason: preference.changed_mind}]
scenarios:
  - name: in time
    expect: {outcome: approved, refund.total: "20.00"}
  - name: the end of the thirtieth day
    clock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]
    expect: {outcome: [approved, denied]}
  - name: special offers
    with: {order.lines.0.tags: [special-offer]}
    table:
      columns: [lines.0.reason, expect.outcome]
      rows:
        - [preference.disliked, denied]
        - [quality, approved]
        - [logistics.lost, approved]
  - name: dear goods
    table:
      columns: [order.lines.0.unit_price, expect.outcome]
      rows: [["499.99", approved], ["500.00", review]]
"""


def open_shop(folder: Path, *, policy: str = POLICY, suite: str = SUITE) -> Path:
    """Write the shop into a folder; the suite's path."""
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    file = folder / "scenarios" / "shop.yaml"
    file.write_text(suite, encoding="utf-8")
    return file


def run(*paths: str, options: Options | None = None) -> tuple[int, str]:
    """Run suites as `policy test` does; the exit status and what was said."""
    said = io.StringIO()
    console = Console(file=said, soft_wrap=True)
    status = running.run(paths, options or Options(), console)
    return status, said.getvalue()
