"""`python -m policy_service.cli`: the `policy` command where its script is not on the path."""

from policy_service.cli import main

if __name__ == "__main__":
    main()
