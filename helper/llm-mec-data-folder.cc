/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-data-folder.h"

#include "ns3/log.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecDataFolder");

namespace
{

/// @return the folder of an installed module, beside its library; empty when it is not installed
std::string
FindInstalled()
{
#ifdef LLM_MEC_INSTALLED_DATA
    Dl_info here{};
    // A function's address is what dladdr wants, and C++ has no other cast for it.
    if (dladdr(reinterpret_cast<void*>(&LlmMecDataFolder::GetPath), &here) != 0 && here.dli_fname)
    {
        const auto library = std::filesystem::absolute(here.dli_fname).parent_path();
        const auto folder = (library / LLM_MEC_INSTALLED_DATA).lexically_normal();
        return std::filesystem::exists(folder / "profiles") ? folder.string() : "";
    }
#endif
    return "";
}

} // namespace

std::string
LlmMecDataFolder::GetPath()
{
    const char* folder = std::getenv("LLM_MEC_DATA");
    if (folder)
    {
        return folder;
    }
    static const std::string installed = FindInstalled();
    return installed.empty() ? LLM_MEC_DATA_DIR : installed;
}

std::string
LlmMecDataFolder::Find(const std::string& kind, const std::string& name)
{
    NS_LOG_FUNCTION(kind << name);
    const bool isPath =
        name.find('/') != std::string::npos || std::filesystem::path(name).extension() == ".json";
    if (isPath)
    {
        return name;
    }
    const std::string folder = GetPath() + "/" + kind;
    const std::string path = folder + "/" + name + ".json";
    if (!std::filesystem::exists(path))
    {
        std::string known;
        for (const std::string& other : ListLlmFiles(folder))
        {
            known += (known.empty() ? "" : ", ") + other;
        }
        throw std::runtime_error("no file " + path +
                                 ", expected the path of a file or one of: " + known);
    }
    return path;
}

std::string
LlmMecDataFolder::FindPolicy(const std::string& name)
{
    NS_LOG_FUNCTION(name);
    const std::string path = GetPath() + "/policies/" + name + ".bin";
    return !std::filesystem::exists(name) && std::filesystem::exists(path) ? path : name;
}

LlmProfile
LlmMecDataFolder::FindOriginal(const LlmProfile& local)
{
    const std::string folder = GetPath() + "/profiles";
    for (const std::string& name : ListLlmFiles(folder))
    {
        LlmProfile profile = ReadLlmProfile(folder + "/" + name + ".json");
        if (profile.baseModel == local.baseModel && profile.method == "original")
        {
            return profile;
        }
    }
    throw std::runtime_error("profile " + local.name + ": no profile in " + folder +
                             " has baseModel " + local.baseModel +
                             " and method original, expected the server's profile to be named");
}

} // namespace llmmec
} // namespace ns3
