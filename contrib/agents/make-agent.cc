/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "make-agent.h"

#include "agent-presets.h"
#include "agent-settings.h"
#include "cpu-setup.h"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace agents
{

namespace
{

/// The function of the learners' library that makes an agent.
using MakeLearner = Agent* (*)(const char*, const char*, const AgentShape*, uint64_t);

/// Refuse a name. @param what it names @param name it @param known what there is
[[noreturn]] void
Refuse(const std::string& what, const std::string& name, const std::vector<std::string>& known)
{
    std::string all;
    for (const std::string& each : known)
    {
        all += (all.empty() ? "" : ", ") + each;
    }
    throw std::invalid_argument(what + " '" + name + "', expected one of " + all);
}

/// @return path of the learners' library: LLM_MEC_AGENTS in the environment, else beside the
/// library that holds this function
std::string
GetLibraryPath()
{
    if (const char* path = std::getenv("LLM_MEC_AGENTS"))
    {
        return path;
    }
    Dl_info here{};
    // A function's address is what dladdr wants, and C++ has no other cast for it.
    dladdr(reinterpret_cast<void*>(&GetAlgorithms), &here);
    const std::string own = here.dli_fname ? here.dli_fname : "";
    const std::size_t folder = own.rfind('/');
    return (folder == std::string::npos ? "" : own.substr(0, folder + 1)) + "libllm-mec-agents.so";
}

/// @return the function that makes a learner
/// @throw std::runtime_error in one line when the library is not there
MakeLearner
LoadLearners()
{
    SetUpCpu();
    const std::string path = GetLibraryPath();
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
    {
        const char* reason = dlerror();
        throw std::runtime_error(
            "training needs the learners' library, which is built where LibTorch is there (apt "
            "install libtorch-dev, then build again): " +
            std::string(reason ? reason : path));
    }
    auto make = reinterpret_cast<MakeLearner>(dlsym(library, "LlmMecMakeLearner"));
    if (!make)
    {
        throw std::runtime_error(path + ": not the learners' library of this version");
    }
    return make;
}

} // namespace

std::vector<std::string>
GetAlgorithms()
{
    return {"ddpg", "ppo", "sac", "td3", "world-model-ppo"};
}

std::vector<std::string>
GetPresets()
{
    return {"best", "lookahead", "paper"};
}

nlohmann::json
GetSettings(const std::string& algorithm, const std::string& preset)
{
    const std::vector<std::string> presets = GetPresets();
    if (std::find(presets.begin(), presets.end(), preset) == presets.end())
    {
        Refuse("preset", preset, presets);
    }
    const Preset which = preset == "paper"  ? Preset::PAPER
                         : preset == "best" ? Preset::BEST
                                            : Preset::LOOKAHEAD;
    if (algorithm == "ppo")
    {
        return WriteSettings(GetPpoPreset(which));
    }
    if (algorithm == "world-model-ppo")
    {
        return WriteSettings(GetWorldModelPpoPreset(which));
    }
    if (algorithm == "td3" || algorithm == "ddpg")
    {
        return WriteSettings(GetTd3Preset(which));
    }
    if (algorithm == "sac")
    {
        return WriteSettings(GetSacPreset(which));
    }
    Refuse("algorithm", algorithm, GetAlgorithms());
}

std::unique_ptr<Agent>
MakeAgent(const std::string& algorithm,
          const nlohmann::json& settings,
          const AgentShape& shape,
          uint64_t seed)
{
    GetSettings(algorithm, "best"); // refuses a name that is none
    if (shape.observations < 1 || shape.actions < 1 || shape.exogenous < 0 ||
        shape.exogenous > shape.observations)
    {
        throw std::invalid_argument("agent '" + algorithm +
                                    "': expected at least one feature and "
                                    "one action");
    }
    static const MakeLearner make = LoadLearners();
    return std::unique_ptr<Agent>(make(algorithm.c_str(), settings.dump().c_str(), &shape, seed));
}

} // namespace agents
