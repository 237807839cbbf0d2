/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_ENTITY_COLUMNS_H
#define OFFLOAD_ENTITY_COLUMNS_H

#include "agents/rows.h"

#include <Eigen/Core>
#include <cmath>

/**
 * @file
 * @ingroup llm-mec
 * Columns of the matrices of OffloadEntities and OffloadCarriedEntities, one row an MLU.
 */

namespace ns3
{
namespace llmmec
{
namespace entity
{

/// Columns of traits.
enum Trait
{
    GAIN_DB,             //!< h, dB
    MBIT,                //!< X, Mbit
    LOG_LOCAL_S,         //!< ln of announced s per Mbit of the device
    LOG_MEC_S,           //!< ln of announced s per Mbit of the server
    LOCAL_J,             //!< announced J per Mbit of the device
    LOCAL_ACCURACY,      //!< A
    LOCAL_HALLUCINATION, //!< H
    MEC_ACCURACY,        //!< A^MEC
    MEC_HALLUCINATION,   //!< H^MEC
    LOG_MAX_POWER_W,     //!< ln P^max
    BUDGET_J             //!< E^max
};

/// Columns of what a slot leaves to the next, after those of Trait.
enum CarriedTrait
{
    SLOTS_LEFT, //!< slots from this one to the last; 0 without end
    CAPACITY_J, //!< of the battery; 0 without one
    BATTERY_J,  //!< what is in it
    CPU_S,      //!< until the CPU is free
    RADIO_S,    //!< until the radio is free
    SERVER_S    //!< until the server is free
};

/// Columns of actions.
enum Action
{
    RATIO_ACTION, //!< alpha
    POWER_ACTION  //!< share of the range of powers, evenly in dB
};

/// Columns of outcomes.
enum Outcome
{
    LOCAL_OUTCOME_S,  //!< seconds of the device
    UPLINK_OUTCOME_S, //!< seconds of the upload
    MEC_OUTCOME_S,    //!< seconds of server and download
    LOCAL_OUTCOME_J,  //!< joules of the device
    UPLINK_OUTCOME_J, //!< joules of the upload
    CAPPED            //!< 1 where the upload met its latency cap, else 0
};

/// Columns of COMPONENTS.
enum Component
{
    UPLINK_S, //!< ln of s per Mbit of the upload
    LOCAL_S,  //!< ln of s per Mbit of the device
    MEC_S     //!< ln of s per Mbit of the server
};

/// Columns of LATENCY.
enum Whole
{
    LATENCY_S, //!< ln of s
    ENERGY_J   //!< ln of J
};

constexpr double LEAST_MBIT = 1e-6;  ///< less than a bit is no task
constexpr double LEAST_SHARE = 1e-4; ///< of a task: the time of less says little

/// @param db a ratio, dB @return its natural logarithm
inline double
FromDb(double db)
{
    return db * std::log(10.0) / 10;
}

/// @param rows a row an MLU @param column one of them @return it
inline Eigen::ArrayXd
GetColumn(const Eigen::Ref<const agents::Rows>& rows, Eigen::Index column)
{
    return rows.col(column).cast<double>().array();
}

} // namespace entity
} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_ENTITY_COLUMNS_H
