/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_VERSION_H
#define LLM_MEC_VERSION_H

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Versions that a result was made with.
 */
struct LlmMecVersion
{
    std::string module; ///< of llm-mec, such as 0.1.0
    std::string ns3;    ///< of ns-3, such as 3.37

    /// @return the versions of this build
    static LlmMecVersion Get();
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_VERSION_H
