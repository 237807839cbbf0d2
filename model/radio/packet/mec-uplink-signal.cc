/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-uplink-signal.h"

namespace ns3
{
namespace llmmec
{

Ptr<SpectrumSignalParameters>
MecUplinkSignal::Copy() const
{
    return Create<MecUplinkSignal>(*this);
}

} // namespace llmmec
} // namespace ns3
