/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_DATA_FOLDER_H
#define LLM_MEC_DATA_FOLDER_H

#include "ns3/llm-profile.h"

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The folder of profiles, devices and other descriptions that come with the module.
 */
class LlmMecDataFolder
{
  public:
    /// @return path of the folder: LLM_MEC_DATA in the environment, else the module's
    static std::string GetPath();

    /**
     * Find a file.
     * @param kind profiles, devices, serving or models
     * @param name name of a file that comes with the module, without .json, or path of any file
     * @return path of the file
     * @throw std::runtime_error in one line naming what is known
     */
    static std::string Find(const std::string& kind, const std::string& name);

    /**
     * Find a trained policy.
     * @param name path of a file, or name of a policy that comes with the module, without .bin
     * @return path of the module's policy where no file has that name, else the name
     */
    static std::string FindPolicy(const std::string& name);

    /**
     * Find the full model of a compact one.
     * @param local profile of a compact model
     * @return profile of the original of its base model
     * @throw std::runtime_error in one line when none comes with the module
     */
    static LlmProfile FindOriginal(const LlmProfile& local);
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_DATA_FOLDER_H
