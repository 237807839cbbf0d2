/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "learners-library.h"

#include "cpu-setup.h"

#include <cstdlib>
#include <dlfcn.h>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace agents
{

namespace
{

/// The function of the learners' library that makes an agent.
using MakeFunction = Agent* (*)(const char*, const char*, const AgentShape*, uint64_t);

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
    dladdr(reinterpret_cast<void*>(&MakeLearner), &here);
    const std::string own = here.dli_fname ? here.dli_fname : "";
    const std::size_t folder = own.rfind('/');
    return (folder == std::string::npos ? "" : own.substr(0, folder + 1)) + "libllm-mec-agents.so";
}

/// @return the function that makes a learner
/// @throw std::runtime_error in one line when the library is not there
MakeFunction
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
    auto make = reinterpret_cast<MakeFunction>(dlsym(library, "LlmMecMakeLearner"));
    if (!make)
    {
        throw std::runtime_error(path + ": not the learners' library of this version");
    }
    return make;
}

} // namespace

std::unique_ptr<Agent>
MakeLearner(const std::string& algorithm,
            const nlohmann::json& settings,
            const AgentShape& shape,
            uint64_t seed)
{
    static const MakeFunction make = LoadLearners();
    return std::unique_ptr<Agent>(make(algorithm.c_str(), settings.dump().c_str(), &shape, seed));
}

} // namespace agents
