/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_JUDGE_H
#define ASSOCIATION_JUDGE_H

#include "ns3/association-shares.h"

/// @ingroup llm-mec-tests
/// The least sum of latencies at token level by NLopt's SLSQP: shares y and z, and for each device
/// one variable for each of the three maxima. Written without the module's terms and derivatives.
/// @param problem with one server, in lock-step or event mode; all devices have tokens
/// @param start shares to begin with @return the least sum that NLopt finds, s
double JudgeTokenShares(const ns3::llmmec::AssociationProblem& problem,
                        const ns3::llmmec::AssociationServerShares& start);

#endif // ASSOCIATION_JUDGE_H
