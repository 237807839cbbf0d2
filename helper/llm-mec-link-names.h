/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_LINK_NAMES_H
#define LLM_MEC_LINK_NAMES_H

#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What the flag --link of programs chooses between.
 */
class LlmMecLinkNames
{
  public:
    /// @return the names, the default first
    static std::vector<std::string> GetAll();

    /// @param name one of GetAll @return name of the link's TypeId
    static std::string GetType(const std::string& name);

    /// @return help of the flag
    static std::string GetHelp();
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_LINK_NAMES_H
