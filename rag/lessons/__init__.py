"""What the two small models that come with the program, ``rag.adapter`` and ``rag.pointer``, were trained on."""
