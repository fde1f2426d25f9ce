"""`policy api-key`: a new key for the HTTP service."""

from __future__ import annotations

import click


@click.command("api-key", short_help="Make a key for the HTTP service.")
@click.argument("name", help="Whose key it is, in words.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=["decide"],
    show_default=True,
    type=click.Choice(["decide", "time-travel", "override", "admin"]),
    help="What the key may be used for; several may be given.",
)
def command(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API key for NAME, such as the shop that will use it.

    The entry for the file of keys goes to standard output; it holds a hash only. The key itself is shown once, on
    standard error: hand it to its user, it cannot be shown again.

    \b
    Example:
      echo "keys:" > keys.yaml
      policy api-key storefront >> keys.yaml
      policy serve --api-keys keys.yaml --host 0.0.0.0
    """
    import json

    from policy_service.api.keys import fingerprint, fresh_key

    key = fresh_key()
    click.echo(f"  - name: {json.dumps(name, ensure_ascii=False)}")
    click.echo(f"    sha256: {fingerprint(key)}")
    click.echo(f"    scopes: [{', '.join(dict.fromkeys(scopes))}]")
    click.echo(key, err=True)
