/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_SIGNAL_H
#define MEC_UPLINK_SIGNAL_H

#include "mec-uplink-burst.h"

#include "ns3/spectrum-signal-parameters.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A burst on the air.
 */
struct MecUplinkSignal : public SpectrumSignalParameters
{
    Ptr<SpectrumSignalParameters> Copy() const override;

    Ptr<MecUplinkBurst> burst; ///< what it carries
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_SIGNAL_H
