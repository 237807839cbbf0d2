/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-draft-payload.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecDraftPayload");

namespace
{

constexpr double ID_BITS = 16;          //!< of a token's id
constexpr double PROBABILITY_BITS = 16; //!< of a probability, fp16
constexpr double LIKELIEST = 64;        //!< tokens of top-64

} // namespace

std::vector<std::string>
LlmMecDraftPayload::GetNames()
{
    return {"ids", "id-prob", "top-64", "full"};
}

double
LlmMecDraftPayload::GetBits(const std::string& name, double vocabulary)
{
    NS_LOG_FUNCTION(name << vocabulary);
    if (name == "ids")
    {
        return ID_BITS;
    }
    if (name == "id-prob")
    {
        return ID_BITS + PROBABILITY_BITS;
    }
    if (name == "top-64")
    {
        return LIKELIEST * (ID_BITS + PROBABILITY_BITS);
    }
    if (name == "full")
    {
        return PROBABILITY_BITS * vocabulary;
    }
    throw std::invalid_argument("payload " + name + ": expected ids, id-prob, top-64 or full");
}

} // namespace llmmec
} // namespace ns3
