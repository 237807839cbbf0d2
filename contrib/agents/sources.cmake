# The agents' part without LibTorch, compiled into the module.
set(agents_sources
    contrib/agents/agent-presets.cc
    contrib/agents/agent-settings.cc
    contrib/agents/archive.cc
    contrib/agents/cpu-setup.cc
    contrib/agents/experience.cc
    contrib/agents/make-agent.cc
    contrib/agents/trained-policy.cc
)
