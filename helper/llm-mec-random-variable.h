/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_RANDOM_VARIABLE_H
#define LLM_MEC_RANDOM_VARIABLE_H

#include "ns3/random-variable-stream.h"

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Make a random variable from what a user types.
 * @param name name of the value, for the error
 * @param text a number (always that) or an ns-3 random variable such as
 * ns3::UniformRandomVariable[Min=1e6|Max=2.5e6]
 * @return the random variable
 * @throw std::invalid_argument in one line
 */
Ptr<RandomVariableStream> MakeRandomVariable(const std::string& name, const std::string& text);

/**
 * @ingroup llm-mec
 * Write what a user types as ns-3 does, for an attribute that each object gets one of its own by.
 * @param name name of the value, for the error
 * @param text as MakeRandomVariable takes it
 * @return type and attributes, such as ns3::ConstantRandomVariable[Constant=5]
 * @throw std::invalid_argument in one line
 */
std::string FormatRandomVariable(const std::string& name, const std::string& text);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_RANDOM_VARIABLE_H
