# The agents' part without LibTorch, compiled into the module.
set(agents_sources
    contrib/agents/archive.cc
    contrib/agents/random-stream.cc
    contrib/agents/trained-policy.cc
)
