/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_PROBLEM_H
#define ASSOCIATION_PROBLEM_H

#include "ns3/speculative-rate.h"

#include <Eigen/Core>
#include <cstdint>
#include <vector>

/**
 * @file
 * @ingroup llm-mec
 * Which server drafts of a device go to, and how much of its band and of its computing each device
 * gets: problem P1 of Koh and Yang, arXiv:2511.01695, as values. No simulator in here.
 *
 * What is corrected, against the paper's print:
 * - (4) sums shares over servers; here they are summed over the devices of a server.
 * - The swap test of Algorithm 1 accepts a higher cost; here a swap must lower it.
 * - Noise is N0 times the band that a device is allocated, not the band of the server, so that
 *   R = y W log2(1 + h P / (N0 y W)).
 * - delta^CP is printed as 1e9 J/FLOP; see draftEnergyJ, which is an input.
 */

namespace ns3
{
namespace llmmec
{

constexpr int NO_SERVER = -1; //!< the server of a device that has no link

/**
 * @ingroup llm-mec
 * @brief Devices of a slot, M entries each.
 */
struct AssociationDevices
{
    Eigen::ArrayXd draftTokenS;  ///< t_d, of a draft on the device, s, > 0
    Eigen::ArrayXd acceptance;   ///< a, probability that a draft is right, [0, 1]
    Eigen::ArrayXd tokens;       ///< n, of the answer, >= 0
    Eigen::ArrayXd draftS;       ///< D^MD, of all drafts of the task, s, >= 0
    Eigen::ArrayXd uploadBits;   ///< d, of all drafts of the task, bits, >= 0
    Eigen::ArrayXd serverFlop;   ///< f^ES, of verifying the task, FLOP, >= 0
    Eigen::ArrayXd draftEnergyJ; ///< E^CP, of drafting the task, J, >= 0
    Eigen::ArrayXd powerW;       ///< P, transmit power, W, > 0
    Eigen::ArrayXd battery;      ///< B, what remains, as a share of a full battery, [0, 1]
};

/**
 * @ingroup llm-mec
 * @brief Servers of a slot, E entries each.
 */
struct AssociationServers
{
    Eigen::ArrayXd bandwidthHz; ///< W_j, Hz, > 0
    Eigen::ArrayXd flopPerS;    ///< F_j, rate of the whole server, FLOP/s, > 0
    Eigen::ArrayXd waitS;       ///< k_j kappa, until work that is queued is done, s, >= 0
    Eigen::ArrayXd verifyS;     ///< V, of a window's pass by the whole server, s, > 0
    Eigen::ArrayXd preVerifyS;  ///< V1, of a pass for one token by the whole server, s, >= 0
};

/**
 * @ingroup llm-mec
 * @brief How all devices decode, for the objective at token level.
 */
struct AssociationDecoding
{
    SpeculativeMode mode{SpeculativeMode::EVENT}; ///< who waits for whom; of STREAMING it is taken
                                                  ///< that neither radio nor server is slower than
                                                  ///< the device
    uint32_t window{8};                           ///< g, drafts of a window, >= 1
    double windowBits{448};                       ///< of a window with its header, bits, > 0
    double downlinkS{2e-3};                       ///< D, of a reply, s, >= 0
};

/**
 * @ingroup llm-mec
 * @brief Devices, servers and the gains between them.
 */
struct AssociationProblem
{
    AssociationDevices devices;            ///< M of them
    AssociationServers servers;            ///< E of them
    AssociationDecoding decoding;          ///< for the objective at token level
    Eigen::ArrayXXd gain;                  ///< h, M x E, linear, >= 0; 0 where there is no link
    Eigen::ArrayXXd distanceM;             ///< M x E, m, >= 0; empty where positions are not known
    double noiseWPerHz{1.259e-20};         ///< N0 with the receiver's noise figure, W/Hz, > 0
    double synchronisationWeightPerS{.01}; ///< lambda, 1/s, > 0
    double energyWeight{20};               ///< w, s/J of a full battery, >= 0
    double transmitJPerMhzW{2.6};          ///< delta^CM, J per MHz and W, >= 0
    double emptyBattery{1e-3};             ///< B counts as no less, (0, 1]

    /// @return M
    Eigen::Index GetM() const;
    /// @return E
    Eigen::Index GetE() const;

    /// @param device index @param server index @return whether a signal arrives
    bool HasLink(Eigen::Index device, Eigen::Index server) const
    {
        return gain(device, server) > 0;
    }

    /// @param device index @return whether a signal arrives anywhere
    bool HasAnyLink(Eigen::Index device) const;
    /// @param device index @param server index @return signal to noise where the device has the
    /// server's whole band, linear
    double GetSnr(Eigen::Index device, Eigen::Index server) const;
    /// @param device index @param server index @return delta^CM W_j P, energy for the whole band, J
    double GetTransmitEnergyJ(Eigen::Index device, Eigen::Index server) const;
    /// @param device index @param server index @return w delta^CM W_j P / B, the cost of the whole
    /// band, s
    double GetBandPrice(Eigen::Index device, Eigen::Index server) const;
    /// @return w E^CP / B of each device, M entries, s
    Eigen::ArrayXd GetDraftPrice() const;
};

/**
 * @ingroup llm-mec
 * Refuse what is no problem: sizes that differ, values that are not finite or out of range.
 * @param problem to check
 * @throw std::invalid_argument one line that names the member, what is there and what was expected
 */
void CheckAssociationProblem(const AssociationProblem& problem);

/**
 * @ingroup llm-mec
 * The devices of each server.
 * @param server of each device, M entries, [0, servers) or NO_SERVER
 * @param servers E
 * @return E lists of devices in rising order
 */
std::vector<std::vector<Eigen::Index>> GroupByServer(const std::vector<int>& server,
                                                     Eigen::Index servers);

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_PROBLEM_H
