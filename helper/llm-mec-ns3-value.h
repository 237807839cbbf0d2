/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_NS3_VALUE_H
#define LLM_MEC_NS3_VALUE_H

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a command line says of ns-3's own: global values, attributes and pages of help.
 *
 * ns-3 ends the program at some of it or prints a page of help; these checks throw
 * std::invalid_argument before, with one line.
 */
class LlmMecNs3Value
{
  public:
    /// @param name name of a global value or of an attribute with its TypeId @param value as typed
    /// @throw std::invalid_argument where it is none or cannot be read
    static void Check(const std::string& name, const std::string& value);

    /// Check what the environment gave in NS_GLOBAL_VALUE. @throw std::invalid_argument where ns-3
    /// would end the program at it later
    static void CheckGlobals();

    /// @param option such as PrintAttributes @param value type that was asked for
    /// @throw std::invalid_argument where ns-3 has no page of help on it
    static void CheckHelp(const std::string& option, const std::string& value);
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_NS3_VALUE_H
