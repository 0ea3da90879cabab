"""The lists of a real control plane, of a size that it is filled with in a minute or two."""
from . import lists
from .clusters import Real

MODELS = 300


def measure():
    if not Real.available():
        print("bench: no real control plane here (BENCH_KUBERNETES), which is left out", flush=True)
        return []
    cluster = Real(MODELS)
    try:
        return lists.compare(cluster, MODELS, 3, f", kube-apiserver {cluster.version_text()}", has_services=False)
    finally:
        cluster.close()
