"""The page and the command line. They show what ``rag`` gives, and have no logic of their own."""

import os

# Read by the dependencies when they are imported, so it stands here, before any of them can be: nobody's use
# of Article Chat is reported to anyone.
os.environ.update(
    ANONYMIZED_TELEMETRY="False",  # chromadb
    DO_NOT_TRACK="1",
    GRADIO_ANALYTICS_ENABLED="False",
    GRADIO_ANALYTICS_CACHE_FREQUENCY="1000000000",  # or it makes tables with pandas after every request
    HF_HUB_DISABLE_TELEMETRY="1",
    ORT_DISABLE_TELEMETRY="1",  # onnxruntime
)
