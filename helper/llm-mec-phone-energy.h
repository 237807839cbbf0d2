/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_PHONE_ENERGY_H
#define LLM_MEC_PHONE_ENERGY_H

#include "llm-mec-factory.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @return what makes the StepEnergyModel of a phone: 5 W where it reads 44e9 bytes/s or computes
 * 1.2e12 FLOP/s, as data/devices/phone.json can, and nothing for an answer while it does neither.
 * These are our assumptions. What a study sets, or its default, stays.
 */
LlmMecFactory MakePhoneEnergyFactory();

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_PHONE_ENERGY_H
