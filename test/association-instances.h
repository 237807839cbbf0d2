/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_INSTANCES_H
#define ASSOCIATION_INSTANCES_H

#include "ns3/association-problem.h"

#include <cstdint>
#include <random>
#include <vector>

/**
 * @ingroup llm-mec-tests
 * @brief What an instance is made of.
 */
struct AssociationInstance
{
    Eigen::Index devices{30}; ///< M
    Eigen::Index servers{4};  ///< E
    uint64_t seed{1};         ///< of all that is drawn
    double bitsPerDraft{16};  ///< 16 for ids, 2048 for top-64, 804112 for distributions
    int mostQueued{0};        ///< passes of 1 s that wait at a server
    double energyWeight{20};  ///< w
    double missingLinks{0};   ///< probability that a link has no gain
};

/// @ingroup llm-mec-tests
/// A street canyon of 400 m with path loss, shadowing, phones, GPUs and tasks as in the manual.
/// @param settings what it is made of @return a problem that passes CheckAssociationProblem
ns3::llmmec::AssociationProblem MakeAssociationProblem(const AssociationInstance& settings);

/// @ingroup llm-mec-tests
/// A problem of neutral values, to be filled by tests. @param devices M @param servers E
/// @return a problem that passes CheckAssociationProblem
ns3::llmmec::AssociationProblem MakeEvenAssociationProblem(Eigen::Index devices,
                                                           Eigen::Index servers);

/// @ingroup llm-mec-tests
/// Give a problem these signals to noise and prices of the band, whatever its powers and batteries.
/// @param problem whose servers are set @param snr over the whole band, M x E, linear
/// @param bandPrice w delta^CM W P / B, M entries, s
void SetSnrAndPrice(ns3::llmmec::AssociationProblem& problem,
                    const Eigen::Ref<const Eigen::ArrayXXd>& snr,
                    const Eigen::Ref<const Eigen::ArrayXd>& bandPrice);

/// @ingroup llm-mec-tests
/// @param problem to change @param order of its devices, each once @return the same with device
/// order[i] at place i
ns3::llmmec::AssociationProblem Permute(const ns3::llmmec::AssociationProblem& problem,
                                        const std::vector<Eigen::Index>& order);

/// @ingroup llm-mec-tests
/// @param values some @return them as an array
Eigen::ArrayXd ToArray(const std::vector<double>& values);

/// @ingroup llm-mec-tests
/// @param n how many @return 0..n-1
std::vector<Eigen::Index> CountUp(Eigen::Index n);

#endif // ASSOCIATION_INSTANCES_H
