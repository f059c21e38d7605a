"""People who sign in with passwords, as fast as they can, beside a client that asks for tokens at an even pace."""
import time

# Enough to keep every hashing thread busy.
CONNECTIONS = 16
# Each of these asks, waits for its answer, and pauses: about 75 requests a second, which take little from the hashing.
PACED, PAUSE = 8, 100

def sign_in(issuer, connections, seconds):
    crowd = issuer.run(issuer.sign_ins(connections), mode="cycle", expected=303, connections=connections,
                       seconds=seconds + 1)
    time.sleep(0.5)
    beside = issuer.run([issuer.client_credentials()], connections=PACED, pause=PAUSE, seconds=seconds).end()
    sample = crowd.end()
    sample.beside = {"rate": beside.rate, "p50": beside.p50, "p99": beside.p99}
    sample.fault = sample.fault or beside.fault
    return sample

