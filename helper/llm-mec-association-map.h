/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_MAP_H
#define LLM_MEC_ASSOCIATION_MAP_H

#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <Eigen/Core>
#include <cstdint>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Links of M phones and E servers, M x E.
 */
struct LlmMecAssociationLinks
{
    Eigen::ArrayXXd gain;      ///< h, linear, > 0
    Eigen::ArrayXXd distanceM; ///< from antenna to antenna, m
};

/**
 * @ingroup llm-mec
 * @brief A square on which phones and servers are put at random, with a path loss of ns-3.
 */
class LlmMecAssociationMap : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    LlmMecAssociationMap();

    /**
     * Put all anew.
     * @param devices M, >= 1
     * @param servers E, >= 1
     * @return their links
     * @throw std::invalid_argument where PathLoss is no PropagationLossModel
     */
    LlmMecAssociationLinks Draw(uint32_t devices, uint32_t servers);

    /**
     * Assign fixed random streams. Each call of Draw takes further streams for the path loss.
     * @param stream first stream to use
     * @return number of streams used before those of Draw
     */
    int64_t AssignStreams(int64_t stream);

  private:
    double m_sideM;         //!< of the square
    double m_deviceHeightM; //!< of a phone
    double m_serverHeightM; //!< of a server's antenna
    std::string m_pathLoss; //!< TypeId of the path loss
    double m_frequencyHz;   //!< of the carrier

    Ptr<UniformRandomVariable> m_position; //!< x and y
    int64_t m_stream{-1};                  //!< next one of a path loss; below 0 automatic
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_MAP_H
