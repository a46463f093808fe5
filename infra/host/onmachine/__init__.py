"""What runs on a machine of profile `host`, and on a server of one's own: set-up and exchange.

It travels in the bundle and is run by Ubuntu's own interpreter (3.12): standard library only, and
nothing of `infra` but this package (tests/infra/host/onmachine/test_travels.py).
"""
