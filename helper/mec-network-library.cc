/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-network-library.h"

#include "ns3/log.h"

#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("MecNetworkLibrary");

namespace
{

/// Links and the ns-3 modules that they need.
const std::map<std::string, std::string> MODULES{{"ns3::llmmec::MecWifiLink", "wifi"},
                                                 {"ns3::llmmec::MecLteLink", "lte"},
                                                 {"ns3::llmmec::MecCsmaLink", "csma"}};

/// @return the folder of the libraries, with its slash
std::string
GetFolder()
{
    if (const char* folder = std::getenv("LLM_MEC_NETWORKS"))
    {
        return std::string(folder) + "/";
    }
    Dl_info here{};
    // A function's address is what dladdr wants, and C++ has no other cast for it.
    dladdr(reinterpret_cast<void*>(&MecNetworkLibrary::Load), &here);
    const std::string own = here.dli_fname ? here.dli_fname : "";
    return own.substr(0, own.rfind('/') + 1);
}

/// @param module name of an ns-3 module @return whether the link over it is there
bool
IsLoaded(const std::string& module)
{
    const std::string path = GetFolder() + "libllm-mec-" + module + ".so";
    // It stays loaded: its types are registered for the rest of the program.
    return dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE) != nullptr;
}

} // namespace

void
MecNetworkLibrary::Load(const std::string& type)
{
    NS_LOG_FUNCTION(type);
    const auto found = MODULES.find(type);
    if (found != MODULES.end() && !IsLoaded(found->second))
    {
        const char* reason = dlerror();
        throw std::runtime_error(type + " needs ns-3's module " + found->second +
                                 ", which was not there when llm-mec was built: " +
                                 std::string(reason ? reason : "no reason is known"));
    }
}

void
MecNetworkLibrary::LoadAll()
{
    for (const auto& [type, module] : MODULES)
    {
        IsLoaded(module);
    }
}

} // namespace llmmec
} // namespace ns3
