"""What the AWS API on loopback says of resources now: the inputs that it holds, in the words of the
inputs. Reading a resource shows what somebody changed there (`reading.py`)."""
